"""The timetable of a few small harbours: boards and journeys."""
