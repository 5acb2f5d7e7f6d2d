"""Specs as forms and back: an agent's draft, the fields of a signature, and anything that a JSON schema describes.

A control's name is the path of what it edits, as problems name it. Draws no HTML: templates do, from these controls.
"""
