# Every target works as the first command in a fresh clone: it makes .venv and installs into it what it needs.
#
#   make run          the window (ARGS=model.onnx opens a model); without a display, the main job on a sample
#   make test         the tests (ARGS="-k word" chooses)
#   make check        formatting, lint, types, import directions, tests
#   make bench        how fast Lathe is (ARGS=start runs one benchmark)
#   make fuzz         damage real models for ten minutes, open and inspect them, keep what fails (ARGS="--seconds 60")
#   make coverage     open, inspect and profile every model there is (ARGS="--no-profile" is much faster)
#   make setup        .venv with everything: OpenVINO, torch and the development tools too
#   make samples      train the sample models again
#   make screenshots  take pictures of every panel and dialog in both themes (build/pictures), and those of the guide
#   make translations take new texts of the window into the files of translations (ARGS=--missing lists what is missing)
#   make bundle       the program as a folder and an archive (ARGS=lathe: without torch; ARGS=lathe-full: with it)
#
# PYTHON=/path/to/python3 says which interpreter to make .venv with; otherwise the first of 3.11 or later is taken.

TASKS := run setup test check bench fuzz coverage samples screenshots translations bundle
CANDIDATES := $(PYTHON) python3.11 python3.12 python3.13 python3 python

.PHONY: $(TASKS)
$(TASKS):
	@for python in $(CANDIDATES); do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    exec $$python packaging/tasks.py $@ $(ARGS); \
	  fi; \
	done; \
	echo 'Lathe needs Python 3.11 or later, and none was found (PYTHON=/path/to/python3 names one).' >&2; \
	echo 'On Debian and Ubuntu:  sudo apt install python3 python3-venv' >&2; \
	exit 1
