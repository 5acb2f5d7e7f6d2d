"""The conversation patterns at work: what every conversation needs, whichever journey it is in."""
