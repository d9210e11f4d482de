const colors = {
  light: ['#2563c9', '#c2501f', '#16825d', '#7c4fd0', '#a17400', '#64707d'],
  dark: ['#6ea4ff', '#ff9365', '#46c793', '#b394ff', '#e0b33c', '#9aa7b4'],
};

const classes = (palette: readonly string[]) =>
  palette
    .map(
      (color, i) => `polyline.c${i}{stroke:${color}}circle.c${i}{fill:${color}}i.c${i}{background:${color}}`,
    )
    .join('');

/** Style sheet of the page; light or dark by the reader's preference. */
export const style = `
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--text:#1c232b;--quiet:#5d6873;--line:#e3e7eb;--good:#16825d;--bad:#c0341d;--void:#96690a}
${classes(colors.light)}
@media (prefers-color-scheme:dark){:root{--page:#12161b;--card:#1b2128;--text:#e6eaee;--quiet:#98a4b0;--line:#2d353e;--good:#46c793;--bad:#ff7b62;--void:#e0b33c}
${classes(colors.dark)}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:1360px;margin:0 auto;padding:28px 20px 48px}
h1{margin:0;font-size:28px;text-transform:capitalize}h1 em{font-size:15px;font-style:normal;font-weight:600;text-transform:none;padding:3px 11px;border-radius:99px;border:1.5px solid;vertical-align:5px;margin-left:8px}
em.passed{color:var(--good)}em.failed{color:var(--bad)}em.void{color:var(--void)}
header p{color:var(--quiet);margin:6px 0 0}.note{color:var(--void)!important;font-weight:600}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:10px;margin:22px 0}
.tile,figure{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tile{padding:12px 14px;border-top:3px solid var(--good);display:flex;flex-direction:column}.tile.bad{border-top-color:var(--bad)}
.tile b{font-size:19px;font-variant-numeric:tabular-nums}.tile span{color:var(--text)}.tile small{color:var(--good)}.tile.bad small{color:var(--bad)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:14px}
figure{margin:0;padding:14px 14px 10px}figcaption{font-weight:600}figcaption small{color:var(--quiet);font-weight:400}
svg{display:block;width:100%;height:auto;margin-top:6px}svg text{fill:var(--quiet);font-size:11px}
polyline{fill:none;stroke-width:1.7;stroke-linejoin:round}polyline.beside{stroke-dasharray:3 3;stroke-width:1.3}circle{opacity:.75}
.grid{stroke:var(--line)}.unmeasured{fill:var(--line);opacity:.55}line.target{stroke:var(--text);stroke-dasharray:6 4}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;color:var(--quiet);font-size:13px;padding-left:4px}
.legend i{display:inline-block;width:14px;height:3px;border-radius:2px;margin-right:6px;vertical-align:4px}.legend i.beside{opacity:.5}
.legend i.target{background:var(--text)}
details{margin-top:20px}summary{cursor:pointer;color:var(--quiet)}pre{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px;font-size:12.5px}
`;
