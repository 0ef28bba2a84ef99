interface FooterProps {
  readonly showsHood: boolean;
  readonly onToggleHood: () => void;
}

export const Footer = ({ showsHood, onToggleHood }: FooterProps) => (
  <footer className="footer">
    <p>
      A demonstration store: no money moves and nothing is shipped. The badgers are real elsewhere.{' '}
      <a href="/docs">API documentation</a>
    </p>
    <button type="button" className="hood-toggle" aria-expanded={showsHood} onClick={onToggleHood}>
      Under the hood
    </button>
  </footer>
);
