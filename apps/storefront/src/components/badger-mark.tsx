/** The store's mark: two stripes make the badger. */
export const BadgerMark = ({ className = 'mark' }: { className?: string }) => (
  <svg className={className} viewBox="-54 -54 108 108" aria-hidden="true">
    <circle className="mark-stripe" cx="-33" cy="-33" r="12" />
    <circle className="mark-stripe" cx="33" cy="-33" r="12" />
    <path
      className="mark-face"
      d="M0-47C30-47 50-26 47 0 45 20 27 28 19 41 13 52-13 52-19 41-27 28-45 20-47 0-50-26-30-47 0-47Z"
    />
    <path
      className="mark-stripe"
      d="M-8-46.5C-19-46-28-41-34-34-38-18-36-4-31 8-27 18-21 26-17 37-12 24-11 8-10-6-9-20-7-32-8-46.5ZM8-46.5C19-46 28-41 34-34 38-18 36-4 31 8 27 18 21 26 17 37 12 24 11 8 10-6 9-20 7-32 8-46.5Z"
    />
    <g className="mark-eyes">
      <circle cx="-21" cy="1" r="6.5" />
      <circle cx="21" cy="1" r="6.5" />
      <circle className="mark-glint" cx="-19" cy="-1.5" r="2.8" />
      <circle className="mark-glint" cx="23" cy="-1.5" r="2.8" />
    </g>
    <path className="mark-nose" d="M-11 37Q0 30 11 37 10 47 0 49-10 47-11 37Z" />
  </svg>
);
