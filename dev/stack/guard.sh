# The guard of a stack: reads what to end and what to remove from its standard input, a line each, and does
# so when that pipe closes, i.e. when the process that started the stack has ended, in whatever way (SIGKILL too).
# Plain sh: it costs one megabyte, where a Node process would cost forty.
#   watch PGID     end this process group        forget PGID    it has ended
#   remove PATH    remove this file or folder    leave          nothing is left to do: end quietly
groups=" "
paths=""
while read -r verb value; do
  case $verb in
    watch) groups="$groups$value " ;;
    forget) groups=$(printf '%s' "$groups" | sed "s/ $value / /") ;;
    remove) paths="$paths$value
" ;;
    leave) exit 0 ;;
  esac
done

alive() {
  for group in $groups; do
    if kill -s 0 -- "-$group" 2>/dev/null; then return 0; fi
  done
  return 1
}

for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done
tries=0
while alive && [ "$tries" -lt 20 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
printf '%s' "$paths" | while read -r path; do rm -rf -- "$path"; done
