# bash completion for cpmspec. What can be explained (test cases, flows, rules, faults) the program tells itself.

# The ids of one section of `cpmspec explain`; where there is no program to ask, none.
_cpmspec_ids() {
    "${COMP_WORDS[0]}" explain 2>/dev/null | while IFS= read -r line; do
        case $line in
        "  "*) [[ $section == "$1" || $1 == all ]] && line=${line#  } && printf '%s\n' "${line%% *}" ;;
        [A-Z]*) section=$line ;;
        esac
    done
}

# The options of a verb, as its --help has them.
_cpmspec_options() {
    "${COMP_WORDS[0]}" "$1" --help 2>/dev/null | while IFS= read -r line; do
        [[ $line == "  --"* ]] && line=${line#  } && printf '%s\n' "${line%% *}"
    done
}

_cpmspec() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]} section=
    COMPREPLY=()
    if [[ $COMP_CWORD -eq 1 ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'run judge list explain doctor --help --version' -- "$word")
        return
    fi
    case $before in
    --fault)
        mapfile -t COMPREPLY < <(compgen -W "$(_cpmspec_ids 'Faults and variants')" -- "$word")
        return
        ;;
    --only)
        [[ $verb != run ]] || mapfile -t COMPREPLY < <(compgen -W "$(_cpmspec_ids 'Test cases')" -- "$word")
        return
        ;;
    --out)
        compopt -o dirnames 2>/dev/null
        return
        ;;
    --jobs) return ;;
    --sut | --junit | --json | --html | --keys)
        compopt -o default 2>/dev/null
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_cpmspec_options "$verb")" -- "$word")
    elif [[ $verb == explain ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_cpmspec_ids all) rules" -- "$word")
    elif [[ $verb == judge ]]; then
        compopt -o default 2>/dev/null
    fi
}
complete -F _cpmspec cpmspec
