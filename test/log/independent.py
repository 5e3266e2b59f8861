# A second reading of the C2SP texts (signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof), of RFC 9162 and of RFC 8032, sharing
# nothing with the program under test: checks what the program wrote. Python's standard library alone, Ed25519 included.
#   independent.py note <vkey>...            < note        → origin, size, root; a line for each signature that verifies
#   independent.py proof <vkey> <entry file> < proof       → "included <index> <size>"
#   independent.py tree <folder>             < note text   → recomputes every tile and the root from the entry bundles in <folder>/tile
#   independent.py every <vkey> <folder> < notes, "----" between → that each is signed and all are of one tree that only grew
#   independent.py consistent < note text, "----", a served consistency proof → whether the second tree begins with the first
#   independent.py receipt <vkey> < receipt                 → "included <index> <size>", the entry computed from what the receipt says
#   independent.py grows <folder> < two note texts, "----" between → whether the first tree is the beginning of the second
import base64, hashlib, hmac, json, os, sys
import xml.etree.ElementTree as xml

# RFC 8032 §5.1, verification.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)

def recover_x(y, sign):
    if y >= P: return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0: return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P: x = x * ROOT % P
    if (x * x - x2) % P: return None
    return P - x if (x & 1) != sign else x

def point(octets):
    y = int.from_bytes(octets, 'little')
    x = recover_x(y & (2**255 - 1), y >> 255)
    return None if x is None else (x, y & (2**255 - 1), 1, x * (y & (2**255 - 1)) % P)

def add(a, b):
    A, B = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    C, E = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = B - A, E - C, E + C, B + A
    return (e * f % P, g * h % P, f * g % P, e * h % P)

def times(n, a):
    total = (0, 1, 1, 0)
    while n:
        if n & 1: total = add(total, a)
        a, n = add(a, a), n >> 1
    return total

BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y, 1, recover_x(BASE_Y, 0) * BASE_Y % P)

def ed25519(key, message, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], 'little')
    if len(key) != 32 or len(signature) != 64 or a is None or r is None or s >= L: return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), 'little') % L
    x, y = times(s, BASE), add(r, times(h, a))
    return (x[0] * y[2] - y[0] * x[2]) % P == 0 and (x[1] * y[2] - y[1] * x[2]) % P == 0

# signed-note
def parse_key(text):
    name, ident, encoded = text.split('+', 2)
    octets = base64.b64decode(encoded, validate=True)
    assert hashlib.sha256(name.encode() + b'\n' + octets).digest()[:4].hex() == ident, 'the key ID is not of the key'
    return name, bytes.fromhex(ident), octets[0], octets[1:]

def read_note(note, keys):
    assert not any(ord(c) < 32 and c != '\n' for c in note)
    text, _, lines = note.rpartition('\n\n')
    text += '\n'
    verified = []
    assert lines.endswith('\n')
    for line in lines[:-1].split('\n'):
        dash, name, encoded = line.split(' ')
        assert dash == '\u2014'
        octets = base64.b64decode(encoded, validate=True)
        for key_name, ident, kind, key in keys:
            if (key_name, ident) != (name, octets[:4]): continue
            if kind == 1:
                assert ed25519(key, text.encode(), octets[4:]), 'a signature of ' + name + ' is wrong'
                verified.append(name)
            elif kind == 4:
                stamp = int.from_bytes(octets[4:12], 'big')
                message = 'cosignature/v1\ntime %d\n%s' % (stamp, text)
                assert ed25519(key, message.encode(), octets[12:]), 'a cosignature of ' + name + ' is wrong'
                verified.append('%s at %d' % (name, stamp))
    assert verified, 'no known key has signed'
    return text, verified

def read_checkpoint(text):
    origin, size, root = text.split('\n')[:3]
    assert origin and size == str(int(size)) and len(base64.b64decode(root, validate=True)) == 32
    return origin, int(size), base64.b64decode(root)

# RFC 9162 §2.1
leaf = lambda entry: hashlib.sha256(b'\0' + entry).digest()
inner = lambda a, b: hashlib.sha256(b'\1' + a + b).digest()

def split(n):
    k = 1
    while k * 2 < n: k *= 2
    return k

def root_of(hashes):
    if not hashes: return hashlib.sha256().digest()
    if len(hashes) == 1: return hashes[0]
    k = split(len(hashes))
    return inner(root_of(hashes[:k]), root_of(hashes[k:]))

def root_from_path(hash, index, size, path):
    if size == 1:
        assert not path, 'the path is too long'
        return hash
    assert path, 'the path is too short'
    k = split(size)
    if index < k: return inner(root_from_path(hash, index, k, path[:-1]), path[-1])
    return inner(path[-1], root_from_path(hash, index - k, size - k, path[:-1]))

# RFC 6962 §2.1.2, the other way round: both roots from the proof.
def roots_from_proof(first, m, n, proof):
    proof = list(proof)
    def part(m, n, whole):
        if m == n: return (first, first) if whole else (proof[0], proof.pop(0))
        k = split(n)
        if m <= k:
            old, new = part(m, k, whole)
            return old, inner(new, proof.pop(0))
        old, new = part(m - k, n - k, False)
        left = proof.pop(0)
        return inner(left, old), inner(left, new)
    roots = part(m, n, True)
    assert not proof, 'the proof is too long'
    return roots

# What a receipt's entry commits to.
NAMES = ['SHA256', 'DO_LON', 'THOIDIEM_NHAN', 'MA_GDICH', 'NGUOI_GUI', 'LOAI', 'SO_HSO', 'BO_QUYTAC', 'VATLIEU_TINCAY']

def entry_of(root, salt):
    told = lambda name: next((found.text or '' for path in ('BIENNHAN/', 'XACNHAN_GDICH/TTGDICH/') for found in root.findall(path + name)), '')
    facts = json.dumps({name: told(name) for name in NAMES}, sort_keys=True, ensure_ascii=False, separators=(',', ':'))
    commitment = hmac.new(salt, facts.encode(), hashlib.sha256).digest()
    return b'ivan-log/1\nsubmission\n' + base64.b64encode(commitment) + b'\n'

def included(proof, key_text, entry_by):
    head, _, note = proof.partition('\n\n')
    title, *lines = head.split('\n')
    assert title == 'c2sp.org/tlog-proof@v1'
    salt = b''
    if lines[0].startswith('extra '): salt, lines = base64.b64decode(lines[0][6:], validate=True), lines[1:]
    assert lines[0].startswith('index ')
    key = parse_key(key_text)
    text, _ = read_note(note, [key])
    origin, size, root = read_checkpoint(text)
    index = int(lines[0][6:])
    assert origin == key[0] and 0 <= index < size
    assert root_from_path(leaf(entry_by(salt)), index, size, [base64.b64decode(line, validate=True) for line in lines[1:]]) == root, 'the path does not lead to the root'
    return index, size

# tlog-tiles
def name_of(n):
    digits = str(n)
    digits = digits.zfill((len(digits) + 2) // 3 * 3)
    groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
    return '/'.join(['x' + g for g in groups[:-1]] + groups[-1:])

def tile_of(folder, level, n, width):
    with open(os.path.join(folder, 'tile', level, name_of(n) + ('' if width == 256 else '.p/%d' % width)), 'rb') as file: return file.read()

def leaves_in(folder, size):
    leaves = []
    for n in range((size + 255) // 256):
        width = min(256, size - n * 256)
        bundle, at, hashes = tile_of(folder, 'entries', n, width), 0, []
        while at < len(bundle):
            length = int.from_bytes(bundle[at:at + 2], 'big')
            assert at + 2 + length <= len(bundle)
            hashes.append(leaf(bundle[at + 2:at + 2 + length]))
            at += 2 + length
        assert len(hashes) == width, 'bundle %d holds %d entries, not %d' % (n, len(hashes), width)
        leaves += hashes
    return leaves

def check_tiles(folder, leaves):
    hashes, level, count = leaves, 0, 0
    while hashes:
        for n in range((len(hashes) + 255) // 256):
            part = hashes[n * 256:(n + 1) * 256]
            assert tile_of(folder, str(level), n, len(part)) == b''.join(part), 'tile %d/%d is another' % (level, n)
            count += 1
        hashes = [root_of(hashes[i * 256:(i + 1) * 256]) for i in range(len(hashes) // 256)]
        level += 1
    return count

def main(command, *arguments):
    given = sys.stdin.buffer.read().decode()
    if command == 'note':
        text, verified = read_note(given, [parse_key(key) for key in arguments])
        origin, size, root = read_checkpoint(text)
        print(origin, size, root.hex())
        for line in verified: print(line)
    elif command == 'proof':
        with open(arguments[1], 'rb') as file: entry = file.read()
        print('included', *included(given, arguments[0], lambda salt: entry))
    elif command == 'receipt':
        root = xml.fromstring(given.encode())
        print('included', *included(root.find('BIENNHAN/NHATKY').text, arguments[0], lambda salt: entry_of(root, salt)))
    elif command == 'every':
        seen = [read_checkpoint(read_note(note, [parse_key(arguments[0])])[0]) for note in given.split('----\n')]
        leaves = leaves_in(arguments[1], max(size for _, size, _ in seen))
        for _, size, root in seen: assert root_of(leaves[:size]) == root, 'checkpoint %d is of another tree' % size
        print('every', len(seen), len(leaves))
    elif command == 'consistent':
        first, _, served = given.partition('----\n')
        head, _, note = served.partition('\n\n')
        title, *hashes = head.split('\n')
        (_, m, old), (_, n, new) = read_checkpoint(first), read_checkpoint(note)
        assert title == 'old %d' % m
        assert roots_from_proof(old, m, n, [base64.b64decode(line, validate=True) for line in hashes]) == (old, new), 'one tree is not the beginning of the other'
        print('consistent', m, n)
    elif command == 'tree':
        _, size, root = read_checkpoint(given)
        leaves = leaves_in(arguments[0], size)
        tiles = check_tiles(arguments[0], leaves)
        assert root_of(leaves) == root, 'the root is another'
        print('tree', size, tiles)
    elif command == 'grows':
        first, second = [read_checkpoint(text) for text in given.split('----\n')]
        leaves = leaves_in(arguments[0], second[1])
        assert first[0] == second[0] and first[1] <= second[1]
        assert root_of(leaves[:first[1]]) == first[2] and root_of(leaves) == second[2], 'one tree is not the beginning of the other'
        print('grows', first[1], second[1])
    else:
        raise SystemExit('no such command: ' + command)

if __name__ == '__main__': main(*sys.argv[1:])
