# Sourced text of each bootstrap builder; runs under the host's /bin/sh with PATH=$hostTools.

# A host path as it is called in here: inside the sandbox /usr/bin is $hostTools.
inside() {
  case $1 in
    /usr/bin/*) echo "$hostTools/${1#/usr/bin/}" ;;
    /bin/*) echo "$hostTools/${1#/bin/}" ;;
    *) echo "$1" ;;
  esac
}

# Follows links by hand, since their targets may carry the outside name.
resolve() {
  path=$1
  while [ -L "$path" ]; do
    target=$(readlink "$path")
    case $target in
      /*) path=$(inside "$target") ;;
      *) path=$(dirname "$path")/$target ;;
    esac
  done
  echo "$path"
}

install_tool() {
  source=$(resolve "$hostTools/$1")
  if [ ! -e "$source" ]; then
    echo "the host has no program \`$1'" >&2
    exit 1
  fi
  mkdir -p "$out/bin"
  cp "$source" "$out/bin/$1"
  chmod 755 "$out/bin/$1"
}

install_optional() {
  if [ -e "$(resolve "$hostTools/$1")" ]; then install_tool "$1"; fi
}

library_file() {
  for folder in /lib/*-linux-gnu /usr/lib/*-linux-gnu /lib64 /usr/lib64 /lib /usr/lib; do
    if [ -e "$folder/$1" ]; then
      echo "$folder/$1"
      return
    fi
  done
}

install_optional_library() {
  source=$(library_file "$1")
  if [ -n "$source" ]; then
    mkdir -p "$out/lib"
    cp -L "$source" "$out/lib/$1"
    chmod 755 "$out/lib/$1"
  fi
}

install_library() {
  install_optional_library "$1"
  if [ ! -e "$out/lib/$1" ]; then
    echo "the host has no library \`$1'" >&2
    exit 1
  fi
}

# The name that `-lNAME` looks for, next to its library.
install_link() {
  for file in "$out/lib/$1".*; do
    if [ -e "$file" ]; then
      ln -sf "$(basename "$file")" "$out/lib/$1"
      return
    fi
  done
}

install_header() {
  for folder in /usr/include /usr/include/*-linux-gnu; do
    if [ -e "$folder/$1" ]; then
      mkdir -p "$out/include"
      cp -rL "$folder/$1" "$out/include/$1"
      return
    fi
  done
}
