"""Puts the program on a Hugging Face Space; knows the Hub, and nothing of the program's code."""
