"""Two plans compared: which changes break what is sent today, and which do no harm."""
