"""The cleaning steps, one a file. pipeline.py has their order; document.py says what a step is."""
