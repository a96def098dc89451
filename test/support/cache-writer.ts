/**
 * A program for tests of the cache: writes the keys 0 to 19 with long values of one letter, over and
 * over. Arguments: folder, letter, rounds.
 */
import { openCache } from '../../resolvers/registry/cache.ts';

const [folder = '', letter = '', rounds = ''] = process.argv.slice(2);
const cache = openCache({ folder });
for (let round = 0; round < Number(rounds); round += 1) {
  for (let index = 0; index < 20; index += 1) {
    const value = letter.repeat(200_000 + round);
    await cache.write('archive', { index: String(index) }, value);
    if (round === 0 && index === 0) process.stdout.write('started\n');
  }
}
