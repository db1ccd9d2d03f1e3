"""The page's style sheet: light and dark by the reader's setting, one column on a phone, whole on paper."""

# ruff: noqa: E501
STYLE = """
:root{color-scheme:light dark;--ink:#1b2330;--soft:#556070;--line:#d9dfe6;--paper:#f7f7f4;--card:#fff;--kept:#2b7a57;--gone:#b8492a;--new:#d7f0df;--old:#fbdcd2;--link:#1f5fa8}
@media(prefers-color-scheme:dark){:root{--ink:#e7eaef;--soft:#a3aebd;--line:#333c49;--paper:#12161c;--card:#1a2028;--kept:#5cc091;--gone:#ee8f70;--new:#1d4a34;--old:#5e2c1e;--link:#8dbcf5}}
*{box-sizing:border-box}html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
a{color:var(--link)}:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:.2rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem}
header,main,footer{max-width:72rem;margin:0 auto;padding:0 1.25rem}header{padding-top:2.25rem}footer{padding-bottom:4rem;color:var(--soft)}
h1{font-size:2rem;line-height:1.2;margin:0 0 .4rem;letter-spacing:-.01em}h2{margin:0 0 .3rem;font-size:1.35rem;line-height:1.3}h3{margin:1.5rem 0 .4rem;font-size:1.05rem}
section{margin:2.75rem 0;scroll-margin-top:1rem}p{max-width:46rem;margin:.4rem 0 .8rem}.soft{color:var(--soft)}.lead{font-size:1.1rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;padding:0;margin:1rem 0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.75rem;margin:1.5rem 0 0;padding:0;list-style:none}
.cards li{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem 1rem;color:var(--soft);line-height:1.35}
.cards b{display:block;color:var(--ink);font-size:1.55rem;line-height:1.3;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto;margin:.6rem 0 1rem;background:var(--card);border:1px solid var(--line);border-radius:.6rem}.few{max-width:36rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.94rem}
caption{text-align:left;max-width:calc(100vw - 4rem);padding:.65rem .8rem .35rem;color:var(--soft);font-size:.88rem}
th,td{text-align:left;padding:.42rem .8rem;border-top:1px solid var(--line);vertical-align:top}thead th{border-top:0;color:var(--soft);font-weight:600;font-size:.84rem;white-space:nowrap}
tbody th{font-weight:600}tbody th small{display:block;font-weight:400;color:var(--soft);font-size:.86rem}tfoot th,tfoot td{font-weight:600;border-top:2px solid var(--line)}
.n{text-align:right;white-space:nowrap}.why{color:var(--soft);overflow-wrap:anywhere;min-width:12rem}td.path{overflow-wrap:anywhere;min-width:14rem}
.bar{display:flex;height:.85rem;margin-top:.3rem;background:var(--line);border-radius:.3rem;overflow:hidden;min-width:8rem}.bar i{background:var(--kept)}.bar u{background:repeating-linear-gradient(135deg,var(--gone) 0 4px,transparent 4px 6px)}
details{background:var(--card);border:1px solid var(--line);border-radius:.6rem;margin:.5rem 0}summary{cursor:pointer;padding:.6rem .9rem}details>div{padding:0 .9rem .7rem}
summary b{margin-right:.35rem}article{border-top:1px solid var(--line);padding:.7rem 0 .3rem}article h4{margin:0 0 .35rem;font-weight:400;font-size:.92rem}
pre{margin:0;padding:.55rem .75rem;background:var(--paper);border:1px solid var(--line);border-radius:.4rem;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.two{display:grid;grid-template-columns:1fr 1fr;gap:.5rem;margin:.45rem 0}.two figure{margin:0;min-width:0}.two figcaption{color:var(--soft);font-size:.8rem;padding-bottom:.15rem}
del{background:var(--old);text-decoration:line-through;text-decoration-thickness:1px;border-radius:.15rem}ins{background:var(--new);text-decoration:underline;text-underline-offset:2px;border-radius:.15rem}
@media(max-width:44rem){.two{grid-template-columns:1fr}h1{font-size:1.6rem}header{padding-top:1.25rem}section{margin:2rem 0}th,td{padding:.4rem .5rem}.shares{display:none}tbody th small{display:none}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb}body{font-size:10.5pt}nav,.skip{display:none}header,main,footer{max-width:none;padding:0}.scroll{overflow:visible}details::details-content{content-visibility:visible;display:block;height:auto}details,tr,article,pre{break-inside:avoid}section{margin:1.2rem 0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""
