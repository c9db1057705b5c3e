# Puts cpmspec in its place and takes it away again. Included by the Makefile, whose words it uses. The program finds
# its data in ../share/cpmspec, seen from where it lies: the whole may be moved.

PREFIX     ?= /usr/local
DESTDIR    ?=
INSTALL_TO  = $(DESTDIR)$(PREFIX)
DATA_TO     = $(INSTALL_TO)/share/cpmspec
DOC_TO      = $(INSTALL_TO)/share/doc/cpmspec
MAN_TO      = $(INSTALL_TO)/share/man/man1
COMPLETE_TO = $(INSTALL_TO)/share/bash-completion/completions
DATA_FILES := $(sort $(shell find testcases sipp-scenarios reference-network -type f))
DOC_FILES  := README.md $(sort $(wildcard docs/*.md docs/*.json))

.PHONY: install uninstall

## make install   to PREFIX=/usr/local (DESTDIR=… for packages): program, data, man page, completion
install: $(BUILD)/cpmspec
	@install -D -m 755 $(BUILD)/cpmspec '$(INSTALL_TO)/bin/cpmspec'
	@for f in $(DATA_FILES); do install -D -m 644 "$$f" '$(DATA_TO)'/"$$f" || exit 1; done
	@for f in $(DOC_FILES); do install -D -m 644 "$$f" '$(DOC_TO)'/"$$f" || exit 1; done
	@install -D -m 644 docs/cpmspec.1 '$(MAN_TO)/cpmspec.1'
	@install -D -m 644 scripts/completion.bash '$(COMPLETE_TO)/cpmspec'
	@echo "installed: $(INSTALL_TO)/bin/cpmspec"

## make uninstall takes away what install put there
uninstall:
	@rm -f '$(INSTALL_TO)/bin/cpmspec' '$(MAN_TO)/cpmspec.1' '$(COMPLETE_TO)/cpmspec'
	@rm -rf '$(DATA_TO)' '$(DOC_TO)'
	@echo "uninstalled: $(INSTALL_TO)/bin/cpmspec"
