import { fakeGrounds } from '../ground/fake-ground';
import { describeTwice } from './describe-twice';

fakeGrounds.forEach(describeTwice);
