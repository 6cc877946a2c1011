# Likely Stories. Every target sets up what it needs; all the work is in utils/course.py, which also runs without make.
PYTHON ?= $(shell command -v python3 2>/dev/null || command -v python 2>/dev/null || echo python3)
OPTIONS = $(if $(ACCEL),--accel $(ACCEL))

help setup book html lab test bench data launch doctor lock clean exercises results serve browser node:
	@$(PYTHON) utils/course.py $@ $(OPTIONS) $(ARGS)

book lab serve: OPTIONS += $(if $(PORT),--port $(PORT))

.DEFAULT_GOAL := help
.PHONY: help setup book html lab test bench data launch doctor lock clean exercises results serve browser node
