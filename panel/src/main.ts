import { followHomeAssistant, frame } from './home-assistant.ts';
import { place, startRouter, visit } from './router.ts';
import { startSession } from './session.ts';
import { loadWords } from './words.ts';

startRouter();
followHomeAssistant(() => void loadWords());
// A link within Home Assistant to a page of the panel, such as `/app/gosip/calls`.
const end = frame.follow((properties) => {
  end();
  const path = properties?.route?.path ?? '';
  if (path.replaceAll('/', '') !== '' && place.value.page === 'dashboard') visit(path);
});
await loadWords();
await Promise.all([import('./app.ts'), startSession()]);
