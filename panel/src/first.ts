// What comes in one piece: the frame of every page, and the page that is opened first.
import './app.ts';
import './pages/dashboard.ts';
