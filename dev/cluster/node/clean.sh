# Ends what outlives a node's programs, and takes back what they changed on this machine. It reads its standard input
# until that closes, i.e. until the node is stopped, or the process that started it has ended in whatever way.
#   clean.sh FOLDER BRIDGE KUBE_PROXY
folder=$1 bridge=$2 proxy=$3
settings="vm.overcommit_memory kernel.panic kernel.panic_on_oops net.ipv4.ip_forward"
before=""
for name in $settings; do
  before="$before $name=$(cat "/proc/sys/$(echo "$name" | tr . /)")"
done
cat >/dev/null

# Those of our containerd only: the folder's name is in their command line.
shims() { for p in /proc/[0-9]*; do
  tr '\0' ' ' <"$p/cmdline" 2>/dev/null | grep -q "^[^ ]*containerd-shim.* -address $folder/" && echo "${p#/proc/}"
done; }
for shim in $(shims); do
  for p in /proc/[0-9]*; do
    [ "$(awk '/^PPid:/ {print $2}' "$p/status" 2>/dev/null)" = "$shim" ] && kill -9 "${p#/proc/}" 2>/dev/null
  done
  kill -9 "$shim" 2>/dev/null
done
awk -v root="$folder/" 'index($2, root) == 1 {print $2}' /proc/mounts | sort -r | while read -r at; do umount -l "$at"; done
awk '$2 ~ "^/(var/)?run/netns/cni-" {print $2}' /proc/mounts | sort -u | while read -r at; do umount "$at" && rm -f "$at"; done
"$proxy" --cleanup
ip link delete "$bridge"
for pair in $before; do
  echo "${pair#*=}" >"/proc/sys/$(echo "${pair%%=*}" | tr . /)"
done
rm -rf "$folder"
