"""Who calls the engine: this process today; several processes and Spark have their room here."""
