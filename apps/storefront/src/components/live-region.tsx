import { createStore, useStore } from '../api/store';

const messages = createStore({ text: '', number: 0 });

/** Says something to those who do not see the page change. */
export const announce = (text: string) => messages.update(({ number }) => ({ text, number: number + 1 }));

export function LiveRegion() {
  const { text, number } = useStore(messages);
  return (
    <div className="visually-hidden" role="status">
      <span key={number}>{text}</span>
    </div>
  );
}
