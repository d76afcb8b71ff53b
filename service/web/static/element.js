/** An element with these properties. */
export function element(name, properties) {
  const made = document.createElement(name);
  for (const [property, value] of Object.entries(properties)) made[property] = value;
  return made;
}
