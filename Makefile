# Likely Stories. Every target sets up what it needs; all the work is in utils/course.py, which also runs without make.
PYTHON ?= $(shell command -v python3 2>/dev/null || command -v python 2>/dev/null || echo python3)
OPTIONS = $(if $(ACCEL),--accel $(ACCEL))

help setup book html lab test bench data launch doctor lock clean exercises train results serve browser node:
	@$(PYTHON) utils/course.py $@ $(OPTIONS) $(ARGS)

book lab serve: OPTIONS += $(if $(PORT),--port $(PORT))

# `make train 02`: the words after the command are its arguments, and no targets of their own
ifneq ($(filter train results,$(firstword $(MAKECMDGOALS))),)
CHAPTER := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
train results: OPTIONS += $(CHAPTER)
$(if $(CHAPTER),$(eval .PHONY: $(CHAPTER))$(eval $(CHAPTER):;@:))
endif

.DEFAULT_GOAL := help
.PHONY: help setup book html lab test bench data launch doctor lock clean exercises train results serve browser node
