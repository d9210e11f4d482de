import { Apis } from './apis.tsx';
import './docs.css';
import { Events } from './events.tsx';
import { Minute } from './minute.tsx';

/** Docs page: overview, API documentation and events. */
export default function Docs() {
  return (
    <>
      <h1>Docs</h1>
      <p class="lead">How the system works, its APIs and its events.</p>
      <Minute />
      <Apis />
      <Events />
    </>
  );
}
