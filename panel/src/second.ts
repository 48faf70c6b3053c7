// What the dashboard shows too, in one piece: Material's switches stand in it, which are larger than all that is before it.
import './pages/dashboard/do-not-disturb.ts';
