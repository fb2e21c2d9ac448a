import { startSharedServers } from './shared-servers';

/** jest's globalSetup for the suites about whole rotations. */
export default startSharedServers;
