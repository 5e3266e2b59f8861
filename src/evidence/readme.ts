// README.txt of a container: how everything in it is checked with common tools, in Vietnamese and then in English. The same for every container, and each command
// runs as it stands in a POSIX shell, but for what is in angle brackets; tests run them so.
const commands = {
  verify: `    ivan verify <container>.asice --trust <folder> --log-key <key>`,
  certificates: `    mkdir -p pem roots
    for c in certificates/*.cer; do openssl x509 -inform DER -in "$c" -out "pem/$(basename "$c" .cer).pem"; openssl x509 -inform DER -in "$c" -noout -subject -fingerprint -sha256; done`,
  root: `    cp pem/<sha256>.pem roots/`,
  trust: `    cat pem/*.pem > chain.pem; cat roots/*.pem > roots.pem
    TRUST="$(printf ' --trusted-pem %s' roots/*.pem)$(printf ' --untrusted-pem %s' pem/*.pem)"`,
  container: `    xmlsec1 --verify $TRUST META-INF/signatures.xml`,
  messages: `    for m in receipt.xml results/*.xml notices/*.xml agency/*/*.xml; do [ ! -f "$m" ] || xmlsec1 --verify --enabled-key-data x509 $TRUST "$m" || echo "SAI / WRONG: $m"; done`,
  dossier: `    sha256sum dossier.xml
    grep -o '<SHA256>[0-9a-f]*' receipt.xml
    xmlsec1 --verify --enabled-key-data x509 $TRUST dossier.xml`,
  names: `    ls certificates/*.cer crls/*.crl ocsp/*.ors 2>/dev/null | sed -E 's#.*/([0-9a-f]{64})[.].*#\\1  &#' | sha256sum -c`,
  revocation: `    for c in crls/*.crl; do [ ! -f "$c" ] || openssl crl -inform DER -in "$c" -CAfile chain.pem -noout -issuer -lastupdate -nextupdate; done
    for o in ocsp/*.ors; do [ ! -f "$o" ] || openssl ocsp -respin "$o" -verify_other chain.pem -CAfile roots.pem -resp_text; done`,
  stamp: `    head -c "$(wc -c < timestamps/1.txt)" log/checkpoint.txt | cmp - timestamps/1.txt
    for t in timestamps/*.tst; do openssl ts -verify -data "\${t%.tst}.txt" -in "$t" -token_in -CAfile roots.pem -untrusted chain.pem; openssl ts -reply -in "$t" -token_in -text | grep 'Time stamp:'; done
    for t in timestamps/*.tst; do n="log/timestamps/$(basename "$t" .tst).json"; [ ! -f "$n" ] || grep -o "$(sha256sum < "$t" | cut -d' ' -f1)" "$n"; done`,
  receiptStamp: `    [ ! -f receipt.tst ] || { openssl ts -verify -data receipt.xml -in receipt.tst -token_in -CAfile roots.pem -untrusted chain.pem; grep -o "$(sha256sum < receipt.tst | cut -d' ' -f1)" log/receipt-stamp.json; }`,
  signature: `    { printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'; head -n 1 log/key.txt | cut -d+ -f3- | base64 -d | tail -c 32; } > log-key.der
    sed '/^$/,$d' log/checkpoint.txt > note.txt
    grep -F "— $(head -n 1 note.txt) " log/checkpoint.txt | head -n 1 | sed 's/.* //' | base64 -d | tail -c 64 > note.sig
    openssl pkeyutl -verify -pubin -keyform DER -inkey log-key.der -rawin -in note.txt -sigfile note.sig`,
  proof: `    prove() {
      SALT=$(sed -n 's/^extra //p' "log/$1.proof" | base64 -d | od -An -v -tx1 | tr -d ' \\n')
      ENTRY=$(openssl dgst -sha256 -mac HMAC -macopt hexkey:$SALT -binary "log/$1.json" | base64)
      H=$(printf '\\000ivan-log/1\\n%s\\n%s\\n' "$2" "$ENTRY" | openssl dgst -sha256 -binary | base64)
      F=$(sed -n 's/^index //p' "log/$1.proof"); S=$(($(sed -n 2p "\${3:-note.txt}") - 1))
      for P in $(sed -e '/^$/,$d' -e 1,3d "log/$1.proof"); do
        if [ $((F % 2)) = 1 ] || [ $F = $S ]; then
          H=$({ printf '\\001'; echo $P | base64 -d; echo $H | base64 -d; } | openssl dgst -sha256 -binary | base64)
          while [ $((F % 2)) = 0 ] && [ $F != 0 ]; do F=$((F / 2)); S=$((S / 2)); done
        else
          H=$({ printf '\\001'; echo $H | base64 -d; echo $P | base64 -d; } | openssl dgst -sha256 -binary | base64)
        fi
        F=$((F / 2)); S=$((S / 2))
      done
      [ "$S $H" = "0 $(sed -n 3p "\${3:-note.txt}")" ] && echo "$1: trong nhật ký / in the log" || echo "$1: SAI / WRONG"
    }
    prove dossier submission; prove receipt receipt
    [ ! -f log/receipt-stamp.proof ] || prove receipt-stamp receipt-stamp
    for j in results/*.xml; do [ ! -f "$j" ] || prove "\${j%.xml}" result; done
    for j in notices/*.xml; do [ ! -f "log/\${j%.xml}.proof" ] || prove "\${j%.xml}" notice; done
    for j in agency/notices/*.xml; do [ ! -f "log/\${j%.xml}.proof" ] || prove "\${j%.xml}" message; done
    for j in log/timestamps/*.proof; do [ ! -f "$j" ] || { n=$(basename "$j" .proof); prove "timestamps/$n" stamp "timestamps/$((n + 1)).txt"; }; done`,
  facts: `    cat log/dossier.json log/receipt.json; sha256sum dossier.xml receipt.xml results/*.xml notices/*.xml agency/*/*.xml`,
  rules: `    grep -o '<BO_QUYTAC>[0-9a-f]*' receipt.xml; grep ruleSetDigest rules.json`,
};

const vietnamese = `CHỨNG CỨ CỦA MỘT HỒ SƠ ĐIỆN TỬ (ASiC-E, ETSI EN 319 162-1)

Kiểm tra tất cả cùng lúc, không cần mạng:
${commands.verify}
Hoặc giải nén toàn bộ rồi lần lượt chạy các lệnh dưới đây (sh, openssl 3, xmlsec1, coreutils) trong thư mục đã giải nén, thay phần trong <…>.

TRONG NÀY CÓ GÌ
  dossier.xml              đúng các byte đã gửi
  receipt.xml              biên nhận (hoặc văn bản từ chối, xung đột) do cổng ký
  receipt.tst              dấu thời gian RFC 3161 trên chính biên nhận, nếu có
  results/, notices/       kết quả và thông báo do cổng ký; agency/ là nguyên văn có chữ ký của cơ quan BHXH
  certificates/, crls/     chứng thư số và danh sách thu hồi đã dùng khi xét chữ ký và dấu thời gian; tên tệp là SHA-256 của nội dung
  ocsp/                    trả lời OCSP đã dùng
  trust/                   danh mục SHA-256 của toàn bộ vật liệu tin cậy lúc xét (log/dossier.json: VATLIEU_TINCAY)
  rules.json               mã và mã băm bộ quy tắc đã dùng (receipt.xml: BO_QUYTAC)
  log/                     chứng minh từng văn bản nằm trong nhật ký không thể sửa của cổng (C2SP tlog-proof)
  timestamps/              dấu thời gian RFC 3161 trên điểm kiểm tra của nhật ký, nếu có
  renditions/              bản đọc được (HTML, PDF); chỉ để xem, không thay bản gốc
  META-INF/signatures.xml  chữ ký XAdES của cổng trên mọi tệp, trừ mimetype

1. CHỨNG THƯ GỐC. Chứng thư trong gói không tự chứng minh gì: so dấu vân tay với bản công bố của NEAC hoặc của cổng, rồi chép từng chứng thư gốc đã so vào roots/.
${commands.certificates}
${commands.root}
${commands.trust}
2. GÓI. Mọi tệp còn nguyên và do cổng ký:
${commands.container}
3. BIÊN NHẬN, KẾT QUẢ, THÔNG BÁO (agency/ cũng vậy):
${commands.messages}
4. HỒ SƠ. Hai mã băm phải giống nhau; chữ ký là của đơn vị:
${commands.dossier}
   Khi chứng thư đã hết hạn, thêm --verification-time "YYYY-MM-DD HH:MM:SS" là thời điểm mà dấu thời gian ở mục 6 chứng minh.
5. THU HỒI. Mỗi tệp phải có tên đúng SHA-256 của nó; xem ai ký, còn hiệu lực lúc nào:
${commands.names}
${commands.revocation}
6. DẤU THỜI GIAN (nếu có). timestamps/1.txt là điểm kiểm tra đã được đóng dấu, cũng là phần đầu của log/checkpoint.txt. Dấu n + 1 gia hạn dấu n: timestamps/<n + 1>.txt là một điểm kiểm tra có mục của timestamps/<n>.tst (log/timestamps/<n>.json, .proof; xem 7, mục "stamp"):
${commands.stamp}
   Dấu trên chính biên nhận, nếu có; được các dấu trên bao phủ (xem 7, mục "receipt-stamp"):
${commands.receiptStamp}
   Khi chứng thư của một dấu đã hết hạn, thêm -attime với thời điểm (giây Unix) của dấu kế tiếp.
7. NHẬT KÝ. Chữ ký của nhật ký (Ed25519) trên điểm kiểm tra; so khóa trong log/key.txt với khóa do cổng công bố:
${commands.signature}
   log/<tên>.json là nội dung mà mục của <tên> cam kết, log/<tên>.proof là đường dẫn từ lá tới gốc cây (RFC 9162 §2.1.3.2); hồ sơ là mục "submission":
${commands.proof}
   Các mã băm trong log/*.json (SHA256, receipt, body, agency_answer) phải là của chính các tệp:
${commands.facts}
   So điểm kiểm tra với GET /v1/log/checkpoint của cổng, hoặc với nhân chứng đã ký trong log/checkpoint.txt.
8. BỘ QUY TẮC. Hai mã băm phải giống nhau:
${commands.rules}
`;

const english = `THE EVIDENCE OF AN ELECTRONIC DOSSIER (ASiC-E, ETSI EN 319 162-1)

To check all of it at once, without a network:
${commands.verify}
Or unpack everything and run the commands below one after the other (sh, openssl 3, xmlsec1, coreutils) in the unpacked folder, with what is in <…> replaced.

WHAT IS IN HERE
  dossier.xml              the very bytes that were sent
  receipt.xml              the receipt (or refusal, or conflict), signed by the gateway
  receipt.tst              an RFC 3161 time stamp over the receipt itself, where it has one
  results/, notices/       result and notices, signed by the gateway; agency/ holds what the agency itself had signed, octet for octet
  certificates/, crls/     certificates and revocation lists that signatures and time stamps were judged by; each named by the SHA-256 of its content
  ocsp/                    OCSP answers that were used
  trust/                   the SHA-256 of all trust material at the time of judgement (log/dossier.json: VATLIEU_TINCAY)
  rules.json               id and digest of the rule set that was used (receipt.xml: BO_QUYTAC)
  log/                     proofs that each document is in the gateway's log, which nobody can rewrite (C2SP tlog-proof)
  timestamps/              RFC 3161 time stamps over a checkpoint of the log, where there are any
  renditions/              pages for people to read (HTML, PDF); to look at, not instead of the originals
  META-INF/signatures.xml  the gateway's XAdES signature over every file but mimetype

1. THE ROOT. A certificate in the container proves nothing by being there: compare its fingerprint with what NEAC or the gateway publishes, then copy each root that you compared to roots/.
${commands.certificates}
${commands.root}
${commands.trust}
2. THE CONTAINER. Every file is as it was, and signed by the gateway:
${commands.container}
3. RECEIPT, RESULT, NOTICES (those in agency/ likewise):
${commands.messages}
4. THE DOSSIER. Both digests must be the same; the signature is the unit's:
${commands.dossier}
   When a certificate has ended, add --verification-time "YYYY-MM-DD HH:MM:SS", the time that the time stamp of part 6 proves.
5. REVOCATION. Each file must have its own SHA-256 as its name; see who signed it, and when it was in force:
${commands.names}
${commands.revocation}
6. TIME STAMPS (where there are any). timestamps/1.txt is the checkpoint that was stamped, which log/checkpoint.txt begins with. Stamp n + 1 renews stamp n: timestamps/<n + 1>.txt is a checkpoint that has the entry of timestamps/<n>.tst (log/timestamps/<n>.json, .proof; see 7, "stamp"):
${commands.stamp}
   The stamp over the receipt itself, where it has one; the stamps above cover it (see 7, "receipt-stamp"):
${commands.receiptStamp}
   When the certificate of a stamp has ended, add -attime with the time (Unix seconds) of the next stamp.
7. THE LOG. The log's signature (Ed25519) on the checkpoint; compare the key in log/key.txt with the one that the gateway publishes:
${commands.signature}
   log/<name>.json is what the entry of <name> commits to, log/<name>.proof the path from the leaf to the root of the tree (RFC 9162 §2.1.3.2); the dossier's is a "submission":
${commands.proof}
   The digests in log/*.json (SHA256, receipt, body, agency_answer) must be those of the files themselves:
${commands.facts}
   Compare the checkpoint with GET /v1/log/checkpoint of the gateway, or with the witnesses who signed log/checkpoint.txt.
8. THE RULE SET. Both digests must be the same:
${commands.rules}
`;

export function evidenceReadme(): Buffer {
  return Buffer.from(`${vietnamese}\n${'-'.repeat(100)}\n\n${english}`);
}
