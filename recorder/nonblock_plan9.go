// SPDX-License-Identifier: MIT

package recorder

const nonBlock = 0
