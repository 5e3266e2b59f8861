// The look of the HTML rendition: one constant text, so that the page can name its digest and allow no other style.

export const style = `
:root{--ink:#1a1a1a;--soft:#5b6470;--line:#c9ced6;--good:#0b6b3a;--open:#8a5a00;--bad:#b00020}
*{box-sizing:border-box}
body{margin:0 auto;max-width:210mm;padding:8mm 10mm;font:10pt/1.4 "DejaVu Sans","Noto Sans",Arial,sans-serif;color:var(--ink);background:#fff}
h1{font-size:15pt;margin:0 0 2mm}h2{font-size:13pt;margin:6mm 0 2mm}h3{font-size:11pt;margin:4mm 0 1.5mm}h4,h5,h6{font-size:10pt;margin:3mm 0 1mm}
h2,h3,h4,h5,h6{break-after:avoid}
.en{color:var(--soft);font-weight:normal;font-size:.88em}
h1 .en,h2 .en,h3 .en,h4 .en,h5 .en,h6 .en,.banner .en,dt .en,th .en{display:block}
.v,.k,.o{unicode-bidi:isolate-override;direction:ltr;white-space:pre-wrap;overflow-wrap:anywhere}
.k,.n,.a{color:var(--soft)}
.c{font:.8em "DejaVu Sans Mono",monospace;color:#fff;background:var(--bad);border-radius:2px;padding:0 2px;margin:0 1px}
.u{color:var(--soft);font-size:.85em}
.m{font-family:"DejaVu Sans Mono",monospace;font-size:.85em;overflow-wrap:anywhere}
.part{margin:6mm 0;padding:0 0 0 4mm;border-left:1.5mm solid var(--good);box-decoration-break:clone;-webkit-box-decoration-break:clone}
.part.open{border-left:3mm double var(--open)}.part.failed,.part.unsigned{border-left:3mm double var(--bad)}
.banner{border:1.2mm solid;padding:2mm 3mm;margin:2mm 0;font-weight:bold;font-size:12pt;break-inside:avoid;break-after:avoid;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.banner.passed{color:var(--good);background:#eef8f1}.banner.open{color:var(--open);background:#fff6e0}.banner.failed,.banner.unsigned{color:var(--bad);background:#fdecef}
.verdict{border:.3mm solid var(--line);padding:2mm 3mm;margin:0 0 3mm;font-size:8.5pt}
dl{display:grid;grid-template-columns:minmax(40mm,32%) 1fr;margin:0;border-top:.2mm solid var(--line)}
dt,dd{margin:0;padding:.7mm 1mm;border-bottom:.2mm solid var(--line);min-width:0;overflow:hidden}
dt{color:#333}
table{border-collapse:collapse;table-layout:fixed;width:100%;font-size:7.5pt;margin:1mm 0 3mm}
thead{display:table-header-group}tr{break-inside:avoid}
th,td{border:.2mm solid var(--line);padding:.5mm .8mm;vertical-align:top;text-align:left;overflow:hidden;overflow-wrap:anywhere}
th{background:#f1f3f6;font-weight:bold}
.file{border:.2mm dashed var(--line);padding:1.5mm 2mm;margin:1mm 0}
.finding{margin:1mm 0}
.finding.refuses{color:var(--bad)}
footer{margin-top:8mm;border-top:.3mm solid var(--line);padding-top:1mm;font-size:7.5pt;color:var(--soft)}
@page{size:A4;margin:12mm 10mm}
@media print{body{padding:0;max-width:none}}
`;
