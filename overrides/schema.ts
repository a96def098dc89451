/** `overrides.toml` as its text has it. */
export interface OverridesFile {
  readonly package?: readonly {
    readonly name: string;
    readonly why?: string;
    readonly build?: { readonly requires?: readonly string[] };
    readonly native?: {
      readonly tools?: readonly string[];
      readonly libraries?: readonly string[];
      readonly 'hardening-disable'?: readonly string[];
    };
  }[];
  readonly collision?: readonly {
    readonly path: string;
    readonly keep?: string;
    readonly 'drop-from'?: readonly string[];
    readonly why?: string;
  }[];
  readonly constraint?: readonly {
    readonly of: string;
    readonly on: string;
    readonly use?: string;
    readonly ignore?: boolean;
    readonly why?: string;
  }[];
}

const text = { type: 'string', minLength: 1 };
const texts = { type: 'array', items: text };

/** The hardening flags of nixpkgs (nixpkgs manual, "Hardening in Nixpkgs"). */
export const hardeningFlags = [
  'all',
  'bindnow',
  'fortify',
  'fortify3',
  'format',
  'nostrictaliasing',
  'pacret',
  'pic',
  'pie',
  'relro',
  'shadowstack',
  'stackclashprotection',
  'stackprotector',
  'strictflexarrays1',
  'strictflexarrays3',
  'strictoverflow',
  'trivialautovarinit',
  'zerocallusedregs',
] as const;

const attributePaths = {
  type: 'array',
  items: {
    type: 'string',
    // `pkgs.` is where they are looked up: `libpq`, `gst_all_1.gstreamer`.
    pattern: "^[A-Za-z_][A-Za-z0-9_'-]*(?:\\.[A-Za-z_][A-Za-z0-9_'-]*)*$",
  },
};

const native = {
  type: 'object',
  additionalProperties: false,
  properties: {
    tools: attributePaths,
    libraries: attributePaths,
    'hardening-disable': { type: 'array', items: { type: 'string', enum: hardeningFlags } },
  },
};

const build = { type: 'object', additionalProperties: false, properties: { requires: texts } };

/** The JSON Schema of `overrides.toml`. */
export const overridesSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    package: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: { name: text, why: text, build, native },
      },
    },
    collision: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['path'],
        properties: { path: text, keep: text, 'drop-from': texts, why: text },
      },
    },
    constraint: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['of', 'on'],
        properties: { of: text, on: text, use: text, ignore: { type: 'boolean' }, why: text },
      },
    },
  },
};
