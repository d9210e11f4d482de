import { render } from 'preact';
import { Console } from './console.tsx';
import './styles/base.css';

const root = document.querySelector('#console');
if (root) render(<Console />, root);
