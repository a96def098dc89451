import { parseVersion, type Version } from '../../../standards/version.ts';

/** A release, perhaps a post-release: no pre- or development release. */
const plain = /^\d+(?:\.\d+)*(?:\.post\d+)?$/;

/**
 * A version of which the order is known and the rest is read from its text when it is asked for:
 * most versions of an index are only compared.
 */
class StoredVersion implements Version {
  readonly key: string;
  readonly #text: string;
  #parsed: Version | undefined;

  constructor(text: string, key: string) {
    this.#text = text;
    this.key = key;
  }

  get #version(): Version {
    this.#parsed ??= parseVersion(this.#text);
    return this.#parsed;
  }

  get epoch(): number {
    return this.#version.epoch;
  }

  get release(): readonly number[] {
    return this.#version.release;
  }

  get pre(): Version['pre'] {
    return plain.test(this.#text) ? undefined : this.#version.pre;
  }

  get post(): Version['post'] {
    return this.#version.post;
  }

  get dev(): Version['dev'] {
    return plain.test(this.#text) ? undefined : this.#version.dev;
  }

  get local(): readonly string[] {
    return this.#version.local;
  }
}

/** The version that a text stands for; `key` is the key of that version, as it was computed before. */
export const storedVersion = (text: string, key: string): Version => new StoredVersion(text, key);
