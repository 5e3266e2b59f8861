# A witness that is not ours (C2SP tlog-witness, tlog-cosignature), over HTTP, from Python's standard library and the second reader of the log alone.
#   foreign.py key <name> <seed, hex>                → its verifier key
#   foreign.py serve <name> <seed, hex> <log's vkey>  → "listening <port>"; POST /add-checkpoint
import base64, hashlib, os, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'log'))
import independent as log

def encode(point):
    z = pow(point[2], log.P - 2, log.P)
    x, y = point[0] * z % log.P, point[1] * z % log.P
    return (y | (x & 1) << 255).to_bytes(32, 'little')

# RFC 8032 §5.1.5, §5.1.6
def secret(seed):
    digest = hashlib.sha512(seed).digest()
    return int.from_bytes(digest[:32], 'little') & (2**254 - 8) | 2**254, digest[32:]

def public(seed): return encode(log.times(secret(seed)[0], log.BASE))

def sign(seed, message):
    a, prefix = secret(seed)
    hashed = lambda *parts: int.from_bytes(hashlib.sha512(b''.join(parts)).digest(), 'little')
    r = hashed(prefix, message) % log.L
    encoded = encode(log.times(r, log.BASE))
    return encoded + ((r + hashed(encoded, public(seed), message) * a) % log.L).to_bytes(32, 'little')

def key_id(name, seed): return hashlib.sha256(name.encode() + b'\n\x04' + public(seed)).digest()[:4]

def verifier(name, seed): return '%s+%s+%s' % (name, key_id(name, seed).hex(), base64.b64encode(b'\x04' + public(seed)).decode())

def cosignature(name, seed, text):
    now = int(time.time())
    signature = sign(seed, b'cosignature/v1\ntime %d\n%s' % (now, text.encode()))
    return '\u2014 %s %s\n' % (name, base64.b64encode(key_id(name, seed) + now.to_bytes(8, 'big') + signature).decode())

class Refused(Exception):
    pass

class Witness:
    def __init__(self, name, seed, log_key):
        self.name, self.seed, self.log_key = name, seed, log.parse_key(log_key)
        self.size, self.root = 0, log.root_of([])

    def add_checkpoint(self, body):
        head, _, note = body.partition('\n\n')
        old, *proof = head.split('\n')
        if not old.startswith('old ') or len(proof) > 63: raise Refused(400)
        old = int(old[4:])
        if note.split('\n')[0] != self.log_key[0]: raise Refused(404)
        try: text, _ = log.read_note(note, [self.log_key])
        except AssertionError: raise Refused(403)
        _, size, root = log.read_checkpoint(text)
        if old > size: raise Refused(400)
        if old != self.size or (old == size and root != self.root): raise Refused(409)
        if 0 < old < size:
            try: good = log.roots_from_proof(self.root, old, size, [base64.b64decode(line, validate=True) for line in proof]) == (self.root, root)
            except Exception: good = False
            if not good: raise Refused(422)
        self.size, self.root = size, root
        return cosignature(self.name, self.seed, text)

def serve(witness):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers['Content-Length'])).decode()
            try: status, kind, answer = 200, 'text/plain', witness.add_checkpoint(body) if self.path == '/add-checkpoint' else ''
            except Refused as refused:
                status, = refused.args
                kind, answer = ('text/x.tlog.size', '%d\n' % witness.size) if status == 409 else ('text/plain', '')
            self.send_response(status)
            self.send_header('Content-Type', kind)
            self.end_headers()
            self.wfile.write(answer.encode())
        def log_message(self, *_): pass
    server = HTTPServer(('127.0.0.1', 0), Handler)
    print('listening', server.server_port, flush=True)
    server.serve_forever()

command, name, seed, *rest = sys.argv[1:]
if command == 'key': print(verifier(name, bytes.fromhex(seed)))
else: serve(Witness(name, bytes.fromhex(seed), rest[0]))
