"""Pages and forms of trying a journey: how a session is opened, branches, feedback, personas, a tester's hand, comparing."""
