_tryUnzip() {
  if ! [[ $curSrc =~ \.zip$ ]]; then return 1; fi
  LANG=en_US.UTF-8 unzip -qq "$curSrc"
}
unpackCmdHooks+=(_tryUnzip)
