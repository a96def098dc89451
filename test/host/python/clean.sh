# Copies an interpreter of the host as nixpkgs would have installed it: no site-packages but `sitecustomize.py`, no tkinter
# module, no reference to the host's prefix in what builds read. $prefix, $pythonVersion, $out are given.
lib=lib/python$pythonVersion
mkdir -p $out/bin $out/$lib $out/include
PATH=$PATH:$hostTools

cp "$prefix/bin/python$pythonVersion" $out/bin/
chmod u+w $out/bin/python$pythonVersion
ln -s python$pythonVersion $out/bin/python${pythonVersion%%.*}
ln -s python$pythonVersion $out/bin/python
for script in python$pythonVersion-config pydoc$pythonVersion 2to3-$pythonVersion idle$pythonVersion; do
  if [ -f "$prefix/bin/$script" ]; then
    sed -e "s|$prefix|$out|g" "$prefix/bin/$script" > $out/bin/$script
    chmod +x $out/bin/$script
  fi
done

find "$prefix/lib" -maxdepth 1 -name 'libpython*.so*' -exec cp -P '{}' $out/lib/ \;
cp -r "$prefix/include/python$pythonVersion"* $out/include/
if [ -d "$prefix/lib/pkgconfig" ]; then cp -r "$prefix/lib/pkgconfig" $out/lib/; fi
tar -C "$prefix/$lib" --exclude=./site-packages --exclude=./dist-packages --exclude='./test' --exclude='*/tests' --exclude='*/test' \
  --exclude='./lib-dynload/_tkinter*' --exclude='./lib-dynload/_test*' --exclude='libpython*.a' --exclude='./idlelib/idle_test' \
  -cf - . | tar -C $out/$lib -xf -
chmod -R u+w $out
mkdir -p $out/$lib/site-packages
cp $sitecustomize $out/$lib/site-packages/sitecustomize.py

# What tells builds where Python is. Their compiled twins go, since they still hold the old text.
grep -rlIF "$prefix" $out --include='_sysconfigdata*.py' --include=Makefile --include='*.pc' --include='python-config.py' --include='*-config' |
  while read -r file; do
    sed -i -e "s|$prefix|$out|g" "$file"
    stem=$(basename "$file" .py)
    rm -f "$(dirname "$file")/$stem.pyc" "$(dirname "$file")/$stem.pyo" "$(dirname "$file")/__pycache__/$stem".*
  done

for file in $out/bin/python$pythonVersion $out/lib/libpython*.so* $out/$lib/lib-dynload/*.so; do
  if [ -f "$file" ] && [ ! -L "$file" ] && [ "$(patchelf --print-rpath "$file" 2>/dev/null)" != "" ]; then
    patchelf --set-rpath $out/lib "$file"
  fi
done

# A .pyc names its source's time, which becomes 1 in the store.
$out/bin/python$pythonVersion -B -S $retime $out/$lib
