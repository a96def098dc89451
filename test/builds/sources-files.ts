/** The projects behind each kind of source: one module each, built in its own way. */
import { gzipSync } from 'node:zlib';
import { makeTar, makeZip } from '../standards/make-archive.ts';

/** A setup.py for one module; `version` is a Python expression. */
export const setupPy = (name: string, version: string, more = ''): string => `import io, os, re
from setuptools import setup

setup(name="${name}", version=${version}, py_modules=["${name.replaceAll('-', '_')}"], ${more})
`;

/** A PEP 517 backend of a project's own, which needs nothing but Python. */
export const ownBackend = (name: string, variable: string): string => `import os, zipfile

NAME, VERSION = "${name}", os.environ["${variable}"]
INFO = "%s-%s.dist-info/" % (NAME, VERSION)


def build_wheel(folder, config_settings=None, metadata_directory=None):
    wheel = "%s-%s-py3-none-any.whl" % (NAME, VERSION)
    with open(NAME + ".py") as stream:
        module = stream.read()
    files = {
        NAME + ".py": module,
        INFO + "METADATA": "Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (NAME, VERSION),
        INFO + "WHEEL": "Wheel-Version: 1.0\\nGenerator: own\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        INFO + "RECORD": "",
    }
    with zipfile.ZipFile(os.path.join(folder, wheel), "w") as archive:
        for path in sorted(files):
            archive.writestr(path, files[path])
    return wheel
`;

/** The `[build-system]` of a project whose backend lies in one of its folders. */
export const ownBackendTable = (folder: string): string => `[build-system]
requires = []
build-backend = "backend"
backend-path = ["${folder}"]
`;

/** A wheel of one module. */
export const makeWheel = (name: string, version: string): Buffer => {
  const info = `${name}-${version}.dist-info`;
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;
  const wheel = 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n';
  return makeZip([
    { path: `${name}.py`, contents: `value = "${name}"\n` },
    { path: `${info}/METADATA`, contents: metadata },
    { path: `${info}/WHEEL`, contents: wheel },
    { path: `${info}/RECORD`, contents: '' },
  ]);
};

/** A module whose `value` is a text. */
export const value = (text: string): string => `value = "${text}"\n`;

/** What lies beside the lock, below it and above it. */
export const projectFiles = {
  'app/pyproject.toml': `[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "app"
version = "0.1.0"
scripts = { app = "app:main" }

[tool.setuptools]
packages = ["app"]
`,
  'app/app/__init__.py': 'def main():\n    import acme_sibling\n    print(acme_sibling.value)\n',
  // No [build-system] and no setup.py: setuptools reads setup.cfg.
  'app/packages/inside/pyproject.toml': '[tool.ruff]\nline-length = 100\n',
  'app/packages/inside/setup.cfg':
    '[metadata]\nname = acme-inside\nversion = 1.1\n\n[options]\npy_modules = acme_inside\n',
  'app/packages/inside/acme_inside.py': value('inside'),
  // As versioneer has it where there is no repository: `parentdir_prefix`.
  'app/packages/inside/nested/setup.py': setupPy(
    'acme-nested',
    're.match("acme-nested-(.*)", os.path.basename(os.getcwd())).group(1)',
  ),
  'app/packages/inside/nested/acme_nested.py': value('nested'),
  'sibling/pyproject.toml': ownBackendTable('.'),
  'sibling/backend.py': ownBackend('acme_sibling', 'POETRY_DYNAMIC_VERSIONING_BYPASS'),
  'sibling/acme_sibling.py': value('sibling'),
};

/** A zip file whose folder is not named as the file, and which reads its README as the locale has it. */
export const fileSdist = makeZip([
  { path: 'another-name/README', contents: 'Grüße, 日本\n' },
  { path: 'another-name/acme_zip.py', contents: value('zip') },
  {
    path: 'another-name/setup.py',
    contents: setupPy('acme-zip', '"1.0"', 'description=open("README").read().strip()'),
  },
]);

/** An archive that has the project in a subfolder. */
export const urlSdist = gzipSync(
  makeTar([
    { path: 'monorepo/LICENSE', contents: '' },
    { path: 'monorepo/python/setup.py', contents: setupPy('acme-url', '"1.0"') },
    { path: 'monorepo/python/acme_url.py', contents: value('url') },
  ]),
);

/** A forge's archive before it is compressed. */
export const forgeTree = makeTar([
  {
    path: 'forge-v2.0/setup.py',
    contents: setupPy('acme-forge', 'os.environ["PBR_VERSION"]'),
  },
  { path: 'forge-v2.0/acme_forge.py', contents: value('forge') },
]);

/** As `git archive` makes it: with modes and links. */
export const forgeZip = makeZip([
  {
    path: 'zipped-v1/setup.py',
    contents: setupPy('acme-zipped', '"1.0"', 'scripts=["bin/acme-zipped"]'),
  },
  { path: 'zipped-v1/bin/acme-zipped', contents: '#!/bin/sh\necho zipped\n', mode: 0o100755 },
  { path: 'zipped-v1/acme_zipped.py', contents: 'module.py', mode: 0o120755 },
  { path: 'zipped-v1/module.py', contents: value('zipped') },
]);
