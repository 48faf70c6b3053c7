import { askForDashboard } from './dashboard-data.ts';
import { followHomeAssistant, frame } from './home-assistant.ts';
import { loadPage } from './pages.ts';
import { place, startRouter, visit } from './router.ts';
import { session, startSession } from './session.ts';
import { loadWords } from './words.ts';

startRouter();
followHomeAssistant(() => void loadWords());
// A link within Home Assistant to a page of the panel, such as `/app/gosip/calls`.
const end = frame.follow((properties) => {
  end();
  const path = properties?.route?.path ?? '';
  if (path.replaceAll('/', '') !== '' && place.value.page === 'dashboard') visit(path);
});
// None of them waits for another: each is a way to the house and back.
void startSession().then(
  () => void (session.value.kind === 'signed-in' && place.value.page === 'dashboard' && askForDashboard()),
);
void loadWords();
// The app loads the page again where this fails, and says so.
loadPage(place.value.page).catch(() => {});
await import('./first.ts');
