import { expect } from 'chai';
import { themeBehind, watchTheme, type Theme } from '../../../elements/output/page-theme.js';

describe('the theme of the page', () => {
  const { documentElement: html, body } = document;
  let element: HTMLElement;

  beforeEach(() => {
    element = document.createElement('div');
    body.append(element);
  });
  afterEach(() => {
    body.replaceChildren();
    for (const styled of [html, body]) styled.removeAttribute('style');
    html.removeAttribute('data-theme');
  });

  it('is what stands behind the element, however the colour is written', () => {
    for (const [color, theme] of [
      ['#0d1117', 'dark'],
      ['rgb(250 250 250)', 'light'],
      ['oklch(20% 0.02 250)', 'dark'],
      ['color(srgb 0.9 0.9 0.9)', 'light'],
      ['hsl(220 20% 10%)', 'dark'],
    ] as const) {
      body.style.background = color;
      expect(themeBehind(element), color).to.equal(theme);
    }
  });

  it('is that of the nearest background one cannot see through', () => {
    body.style.background = '#fff';
    const section = document.createElement('section');
    section.style.background = '#111';
    const glass = document.createElement('div');
    glass.style.background = 'rgb(255 255 255 / 10%)';
    body.append(section);
    section.append(glass);
    glass.append(element);
    expect(themeBehind(element)).to.equal('dark');
  });

  it('looks through shadow roots and slots', () => {
    const host = document.createElement('div');
    host.attachShadow({ mode: 'open' }).innerHTML = '<div><slot></slot></div>';
    (host.shadowRoot?.firstElementChild as HTMLElement).style.background = '#000';
    body.style.background = '#fff';
    body.append(host);
    host.append(element);
    expect(themeBehind(element)).to.equal('dark');
    expect(themeBehind(host)).to.equal('light');
  });

  it('is told by the text where a picture is behind it', () => {
    body.style.backgroundImage = 'linear-gradient(#000, #222)';
    body.style.color = '#eee';
    expect(themeBehind(element)).to.equal('dark');
  });

  it('is the color-scheme of a page without a background', () => {
    expect(themeBehind(element)).to.equal('light');
    html.style.colorScheme = 'dark';
    expect(themeBehind(element)).to.equal('dark');
    html.style.colorScheme = 'light dark';
    const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    expect(themeBehind(element)).to.equal(system);
  });

  it('is that of a meta element where no style says it', () => {
    document.head.insertAdjacentHTML('beforeend', '<meta name="color-scheme" content="dark">');
    try {
      expect(themeBehind(element)).to.equal('dark');
      html.style.colorScheme = 'light';
      expect(themeBehind(element)).to.equal('light');
    } finally {
      document.head.lastElementChild?.remove();
    }
  });

  it('is told at once and at each change, and no more after the end', async () => {
    body.style.background = '#fff';
    const told: Theme[] = [];
    const change = async (background: string): Promise<void> => {
      body.style.background = background;
      html.dataset['theme'] = background;
      await new Promise((resolve) => setTimeout(resolve));
    };
    const stop = watchTheme(element, (theme) => told.push(theme));
    expect(told).to.deep.equal([]);
    await Promise.resolve();
    expect(told).to.deep.equal(['light']);
    await change('#000');
    await change('#010101');
    expect(told).to.deep.equal(['light', 'dark']);
    stop();
    await change('#fff');
    expect(told).to.deep.equal(['light', 'dark']);
  });
});
