"""Pages of the builder of a journey: canvas, outline and forms over one draft."""
