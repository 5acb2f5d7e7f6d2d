"""Adapters of the model port: HTTP, LiteLLM, models in process, the demo model and the scripted one."""
