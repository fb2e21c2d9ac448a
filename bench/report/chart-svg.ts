import { init } from 'echarts';
import { type Chart } from '../section';

const size = { width: 880, height: 420 };

/** A chart as SVG: the same rows make the same file. */
export function chartSvg({ title, kind, unit, categories, series }: Chart): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      title: { text: title, left: 'center' },
      legend: { bottom: 0, data: series.map(({ name }) => name) },
      grid: { left: 70, right: 30, top: 60, bottom: 80 },
      xAxis: { type: 'category', data: [...categories] },
      yAxis: { type: 'value', name: unit },
      series: series.map(({ name, values }) => ({
        name,
        type: kind,
        showSymbol: false,
        data: values.map((value) => value ?? null),
      })),
    });
    return `${withoutHover(chart.renderToSVGString())}\n`;
  } finally {
    chart.dispose();
  }
}

/** What reacts to a pointer is of no use in a page's picture, and its names are counted up with every chart. */
function withoutHover(svg: string): string {
  return svg.replace(/<style >.*?<\/style>\n?/s, '').replace(/ (?:class="zr|ecmeta_\w+=")[^"]*"/g, '');
}
