import { useSyncExternalStore } from 'react';

export interface Store<State> {
  read(): State;
  subscribe(listener: () => void): () => void;
  update(change: (state: State) => Partial<State>): void;
}

/** State that lives outside of React, so that it can be tested without it. */
export function createStore<State extends object>(initial: State): Store<State> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    read: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    update(change) {
      state = { ...state, ...change(state) };
      for (const listener of listeners) listener();
    },
  };
}

export const useStore = <State>({ subscribe, read }: Pick<Store<State>, 'subscribe' | 'read'>): State =>
  useSyncExternalStore(subscribe, read);
