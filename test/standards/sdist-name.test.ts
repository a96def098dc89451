import { expect, test } from '@jest/globals';
import { tryParseSdistExtension, tryParseSdistName } from '../../standards/sdist-name.ts';

test.each([
  ['flask-3.0.3.tar.gz', 'flask', 'flask', '3.0.3', '.tar.gz'],
  ['zope.interface-4.7.2.tar.gz', 'zope-interface', 'zope-interface', '4.7.2', '.tar.gz'],
  ['zope_interface-7.0.tar.gz', 'zope.interface', 'zope-interface', '7.0', '.tar.gz'],
  ['numpy-1.16.6.zip', 'numpy', 'numpy', '1.16.6', '.zip'],
  ['PyBrowserID-0.14.0.tar.gz', 'pybrowserid', 'pybrowserid', '0.14.0', '.tar.gz'],
  ['python-dateutil-2.8.0.tar.gz', 'python-dateutil', 'python-dateutil', '2.8.0', '.tar.gz'],
  [
    'backports.ssl-match-hostname-3.7.tgz',
    'backports.ssl_match_hostname',
    'backports-ssl-match-hostname',
    '3.7',
    '.tgz',
  ],
  ['foo-1.0-1.tar.gz', 'foo', 'foo', '1.0-1', '.tar.gz'],
  ['foo-bar-1.tar.gz', 'foo', 'foo', 'bar-1', '.tar.gz'],
  ['mechanize-0.2.5.tar.bz2', 'mechanize', 'mechanize', '0.2.5', '.tar.bz2'],
  ['foo-1.0.TAR.GZ', 'Foo', 'foo', '1.0', '.tar.gz'],
  ['foo-1!2.0+local.1.tar.xz', 'foo', 'foo', '1!2.0+local.1', '.tar.xz'],
])('%s of %s', (file, project, name, version, extension) => {
  expect(tryParseSdistName(file, project)).toEqual({ name, version, extension });
});

test.each([
  ['flask-3.0.3.tar.gz', 'werkzeug'],
  ['flask-3.0.3.tar.Z', 'flask'],
  ['flask-3.0.3.exe', 'flask'],
  ['flask-3.0.3-py3-none-any.whl', 'flask'],
  ['flask.tar.gz', 'flask'],
  ['flask-.tar.gz', 'flask'],
  ['.tar.gz', 'flask'],
  ['../flask-1.0.tar.gz', 'flask'],
  ['flask-1.0/x.tar.gz', 'flask'],
  ['flask-1.0\n.tar.gz', 'flask'],
  ['flask-1..0.tar.gz', 'flask'],
])('%j is no source distribution of %s', (file, project) => {
  expect(tryParseSdistName(file, project)).toBeUndefined();
});

test('`.tar.Z` is not an ending that can be unpacked', () => {
  expect(tryParseSdistExtension('a-1.tar.Z')).toBeUndefined();
});
