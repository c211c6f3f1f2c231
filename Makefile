# make demo    two sweeps, reconstructions and transfers: comparison grids and timing tables
# make test    the tests; make test-slow the few that take minutes
# make check   lint, format, types
# make lowest  the core of the tests with the lowest versions that pyproject.toml allows
# make bench   milliseconds per evaluation, here against the plain loop and others (half an hour on two CPU cores)
# make report  every sweep's report again, from what is in runs/
# make writeup all sweeps of the write-up and its site (PROFILE=full for its sizes; hours on a CPU)
# make papers  all sweeps of published papers and the page of verdicts (PROFILE as above)
# make docs    the pages and notebooks that are made from other files
# make site    the documentation as a site, build/site/index.html; dead links are errors
# make dist    the wheel and the sdist, checked, in dist/
# make clean   what was installed and cached; never runs/

PYTHON ?= python3
PROFILE ?= quick
VENV := .venv
BIN := $(VENV)/bin
LOWEST := .lowest
CORE := $(addprefix tests/,pictures spec metrics networks losses objective optimizer store report)

.PHONY: demo test test-slow lowest check format bench report writeup papers docs site dist clean install

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV). PyTorch alone is a download of gigabytes, so this may take many minutes"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: install
	$(BIN)/python -m nst.run sweep=content_layers profile=quick
	$(BIN)/python -m nst.run sweep=grid_content profile=quick
	@echo "Look at runs/sweeps/grid_content-quick/report/index.html (or grid.png beside it), and at content_layers-quick"

test: install
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal -m 'not slow'

test-slow: install
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal -m slow

lowest: $(LOWEST)/.installed
	$(LOWEST)/bin/python -m pytest -o filterwarnings=default -m "not slow and not browser and not cluster" $(CORE)

$(LOWEST)/.installed: pyproject.toml
	test -x $(LOWEST)/bin/python || $(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct \
		-e '.[video]' 'hypothesis>=6.100.0' 'pytest>=8.0.0'
	touch $@

check: install
	$(BIN)/ruff check nst docs tests notebooks
	$(BIN)/ruff format --check nst docs tests notebooks
	$(BIN)/mypy

format: install
	$(BIN)/ruff check --fix nst docs tests notebooks
	$(BIN)/ruff format nst docs tests notebooks

bench: install
	$(BIN)/python -m nst.bench --page docs/performance.md --readme README.md
	$(BIN)/python -m nst.bench sweep --page docs/performance.md
	$(BIN)/python -m nst.bench startup --page docs/performance.md
	$(BIN)/python -m nst.bench losses --precisions fp32 --page docs/make/studies/methods.md
	$(BIN)/python -m docs.make.studies

report: install
	for plan in runs/sweeps/*/plan.json; do $(BIN)/python -m nst.report "$$(basename "$$(dirname "$$plan")")" || exit; done

writeup: install
	$(BIN)/python -m nst.writeup profile=$(PROFILE)

papers: install
	$(BIN)/python -m nst.papers profile=$(PROFILE) $(if $(filter quick,$(PROFILE)),hydra/launcher=joblib)

docs: install
	$(BIN)/python -m docs.make
	$(BIN)/python -m docs.make.studies

site: $(VENV)/.site-installed
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo "Look at build/site/index.html"

$(VENV)/.site-installed: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	touch $@

dist: install
	rm -rf dist
	$(BIN)/python -m build
	$(BIN)/python -m twine check --strict dist/*

clean:
	rm -rf $(VENV) $(LOWEST) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
