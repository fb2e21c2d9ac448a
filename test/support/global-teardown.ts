import { stopSharedServers } from './shared-servers';

/** jest's globalTeardown for the suites about whole rotations. */
export default stopSharedServers;
