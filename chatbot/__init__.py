"""Career Chatbot: an AI stand-in that answers for its owner from the owner's own records."""

__version__ = "0.2.0"
