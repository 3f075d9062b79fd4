"""The content calendar: what is planned and what went out, by month, week and day."""
