"""One format per file: `recognises` tells it by its content, `plan` makes the model from it."""
