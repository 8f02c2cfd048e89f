# What toybox's test files call (`testing` and its kin), for our shell: each case becomes a record in $RESULTS, its
# parts divided by US, ended by RS: PASS name, SKIP name, or FAIL name difference. $LEFT_OUT: names between bars.

SKIP=0

_record() {
  printf '%s\037%s\037%s\036' "$1" "$2" "$3" >>"$RESULTS"
}

# name command result infile stdin
testing() {
  NAME=${1:-$2}
  case $LEFT_OUT in
    *"|$NAME|"*) _record SKIP "$NAME"; return 0 ;;
  esac
  if [ "$SKIP" -gt 0 ]; then
    SKIP=$((SKIP - 1))
    _record SKIP "$NAME"
    return 0
  fi
  _record BEGIN "$NAME"
  echo -ne "$3" >expected
  if [ -n "$4" ]; then echo -ne "$4" >input; else rm -f input; fi
  echo -ne "$5" | eval "$2" >actual
  RETVAL=$?
  [ $RETVAL -gt 128 ] && echo "exited with signal (or returned $RETVAL)" >>actual
  if DIFFERENCE=$(diff -au${NOSPACE:+w} expected actual); then
    _record PASS "$NAME"
  else
    _record FAIL "$NAME" "$DIFFERENCE"
  fi
  rm -f input expected actual
}

# The same, but for the name of the command.
testcmd() {
  testing "${1:-$CMDNAME $2}" "\"$C\" $2" "$3" "$4" "$5"
}

# Of a toybox with that option only.
optional() {
  case $OPTIONFLAGS in
    *:"$1":*) SKIP=0 ;;
    *) SKIP=99999 ;;
  esac
}

skipnot() {
  eval "$@" >/dev/null 2>&1 || { SKIP=$((SKIP + 1)); return 1; }
}

# This is toybox.
toyonly() {
  "$@"
}

# A command that is not built, or comes from elsewhere, is not tested.
case " $(toybox | tr '\n' ' ') " in
  *" $CMDNAME "*) . "$1" ;;
esac
_record END
