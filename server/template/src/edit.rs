//! stub
#![allow(missing_docs, unused_variables)]
use crate::model::*;
use syntax::{Document, TextRange};
pub type TextEdit = ();
#[derive(Clone)]
pub enum Key { Name(String), Computed(New) }
#[derive(Clone)]
pub enum New { Text(String), Object(Vec<(Key, New)>), Array(Vec<New>), ResourceId(ResourceId), NewSymbol{symbol:String,id:Box<New>}, Property{resource:ResourceId,path:Vec<String>}, Guid(Vec<New>), SubscriptionResourceId{resource_type:String,name:String,comment:Option<String>}, ExtensionResourceId{scope:Box<New>,resource_type:String,name:Box<New>}, ChildResourceId{parent:ResourceId,resource_type:String,name:Box<New>} }
impl New { pub fn text(s:&str)->Self{New::Text(s.into())} }
#[derive(Clone,Copy)]
pub enum Placement<'a> { Conventional, After(&'a str), End }
pub struct NewResource { pub symbol:String, pub resource_type:String, pub api_version:String, pub conditions_of:Vec<ResourceId>, pub name:Option<New>, pub scope:Option<ResourceId>, pub parent:Option<ResourceId>, pub depends_on:Vec<ResourceId>, pub properties:Vec<(Key,New)> }
pub struct Editor<'a>(&'a Document);
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct E2 { pub range: TextRange, pub new_text: String }
type R = Option<Vec<syntax::TextEdit>>;
pub fn merge(v: Vec<Vec<syntax::TextEdit>>) -> R { None }
impl<'a> Editor<'a> {
 pub fn new(d:&'a Document,t:&'a Template)->Self{Editor(d)}
 pub fn insert_property(&self,o:ExpressionId,k:&str,v:&New,p:Placement<'_>)->R{None}
 pub fn replace(&self,o:ExpressionId,v:&New)->R{None}
 pub fn replace_api_version(&self,o:ExpressionId,v:&str)->R{None}
 pub fn insert_resource(&self,o:ResourceId,v:&NewResource)->R{None}
 pub fn add_depends_on(&self,o:ResourceId,v:&New)->R{None}
 pub fn add_dependency(&self,o:ResourceId,v:ResourceId)->R{None}
 pub fn unused_symbol(&self,s:&str)->String{s.into()}
}
